-- The record of every access: append-only rows, chained by SHA-256, with signed checkpoints (ADR 0010).

-- The end of the chain. Its row lock puts the writers of all nodes in one order.
create table audit_head (
    only_row boolean primary key default true check (only_row),
    sequence bigint not null,                          -- of the last event; 0 before the first
    hash     bytea not null check (octet_length(hash) = 32)
) with (fillfactor = 10);
insert into audit_head (sequence, hash) values (0, decode(repeat('00', 32), 'hex'));

-- One row for each AuditMessage, in the order of the chain. All columns but the hash are hashed, in this order.
create table audit_event (
    sequence            bigint primary key,
    format              smallint not null,             -- which columns are hashed, and how
    event               text not null,                 -- ITI-18, application-start, ...
    action              text not null,                 -- EventActionCode: C R U D E
    event_time          timestamptz not null,
    outcome             smallint not null,             -- EventOutcomeIndicator: 0 4 8 12
    outcome_description text,
    request_id          text,
    organisation        text,                          -- identifier of the organisation on whose behalf
    peer                text,                          -- subject of its certificate
    address             text,                          -- host and port it came from
    endpoint            text,                          -- where it came to
    reply_to            text,                          -- wsa:ReplyTo, or facility|application of HL7 version 2
    person              text,                          -- human requestor
    person_name         text,
    person_role         text,
    purpose_of_use      text,
    patient             text,                          -- CX
    submission_set      text,                          -- SubmissionSet.uniqueId
    query_id            text,
    query               bytea,                         -- the AdhocQueryRequest element
    results             integer,                       -- objects shown
    hidden              integer,                       -- objects found that the organisation may not see
    objects             text,                          -- further participant objects, JSON
    authorisation       text,                          -- NEN 7513: on which grounds access was decided
    treatment_relation  text,
    consent             text,
    checks              text,
    source              text not null,                 -- AuditSourceID: the node that wrote
    process             integer not null,
    hash                bytea not null check (octet_length(hash) = 32)
);
create index audit_event_by_patient on audit_event (patient, event_time) where patient is not null;
create index audit_event_by_submission_set on audit_event (submission_set) where submission_set is not null;
create index audit_event_by_person on audit_event (person, event_time) where person is not null;
create index audit_event_by_time on audit_event using brin (event_time) with (pages_per_range = 32);

-- Keys that sign checkpoints. A key is believed because its holder published it elsewhere too, not because it stands here.
create table audit_key (
    fingerprint text primary key,                      -- SHA-256 of the DER public key, hexadecimal
    public_key  text not null,                         -- PEM
    source      text not null,
    known_since timestamptz not null default now()
);

-- The head of the chain at a moment, signed. Kept for ever, also when the events before it have been removed.
create table audit_checkpoint (
    sequence  bigint primary key,
    previous  bigint not null,                         -- sequence of the checkpoint before, 0 for none
    hash      bytea not null check (octet_length(hash) = 32),
    signed_at timestamptz not null,
    key       text not null references audit_key,
    signature bytea not null,
    pruned_at timestamptz                              -- when the events up to here were removed
);

-- How far forwarding and other readers have come.
create table audit_position (
    reader   text primary key,                         -- syslog, submissions
    sequence bigint not null default 0,
    reached  timestamptz not null default now()
);

-- Events are never changed. Removal has one way only, prune_audit, which the owner of the tables calls.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('xds.audit_prune', true) = 'on' then return null; end if;
    raise exception 'the audit trail is append-only: % refused', tg_op using errcode = '42501';
end
$$;
create trigger audit_event_is_append_only before update or delete or truncate on audit_event
    for each statement execute function refuse_audit_change();
create trigger audit_checkpoint_is_append_only before delete or truncate on audit_checkpoint
    for each statement execute function refuse_audit_change();
create trigger audit_key_is_append_only before update or delete or truncate on audit_key
    for each statement execute function refuse_audit_change();

-- Removes up to `most` events of the segments that end at checkpoint `up_to`; gives how many went.
create function prune_audit(up_to bigint, most bigint) returns bigint language plpgsql as $$
declare
    removed bigint;
begin
    if not exists (select from audit_checkpoint where sequence = up_to) then
        raise exception 'there is no checkpoint at %', up_to using errcode = '22023';
    end if;
    update audit_checkpoint set pruned_at = now() where sequence <= up_to and pruned_at is null;
    perform set_config('xds.audit_prune', 'on', true);
    delete from audit_event where sequence in
        (select sequence from audit_event where sequence <= up_to order by sequence limit most);
    get diagnostics removed = row_count;
    perform set_config('xds.audit_prune', 'off', true);
    return removed;
end
$$;

-- What a daemon needs that does not own the tables: everything on the others, appending alone on the audit trail.
create function grant_serving_role(serving name) returns void language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), serving);
    execute format('grant select, insert, update, delete on all tables in schema %I to %I', current_schema(), serving);
    execute format('grant usage, select on all sequences in schema %I to %I', current_schema(), serving);
    execute format('revoke update, delete, truncate on audit_event, audit_key, audit_checkpoint from %I', serving);
    execute format('revoke insert, delete, truncate on audit_head from %I', serving);
    execute format('revoke insert, update, delete, truncate on schema_migration from %I', serving);
    execute format('revoke all on function prune_audit(bigint, bigint) from public');
end
$$;

-- Registrations are compared with the events from here on; older ones have none.
insert into audit_position (reader, reached) values ('submissions', now() + interval '10 minutes');
create index submission_set_by_registration on submission_set using brin (registered_at) with (pages_per_range = 32);
