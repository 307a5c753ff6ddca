-- Every group of events is signed by the node that wrote it, so that a row with a right hash is not enough (ADR 0010).

-- The rows that one statement wrote, signed. From the first of them on they cover the chain without a gap.
create table audit_batch (
    last      bigint not null,                         -- sequence of its last event
    first     bigint not null,                         -- sequence of its first event
    since     bigint not null,                         -- where signing began: who removes the first batches is found by it
    hash      bytea not null check (octet_length(hash) = 32), -- of the last event
    key       text not null,                           -- of audit_key; not a reference, which would lock its row at each commit
    signature bytea not null,
    primary key (last, hash)                           -- what was put in the place of a lost event is signed beside it
);
create trigger audit_batch_is_append_only before update or delete or truncate on audit_batch
    for each statement execute function refuse_audit_change();

-- Roles that serve already may append here too.
do $$
declare
    serving regrole;
begin
    for serving in
        select grantee::regrole from pg_class, aclexplode(relacl)
        where pg_class.oid = 'audit_event'::regclass and privilege_type = 'INSERT' and grantee not in (0, relowner)
    loop
        execute format('grant select, insert on audit_batch to %s', serving);
    end loop;
end
$$;

-- Removes up to `most` events of the segments that end at checkpoint `up_to`, with their batches; gives how many events went.
create or replace function prune_audit(up_to bigint, most bigint) returns bigint language plpgsql as $$
declare
    removed bigint;
    reached bigint;
begin
    if not exists (select from audit_checkpoint where sequence = up_to) then
        raise exception 'there is no checkpoint at %', up_to using errcode = '22023';
    end if;
    update audit_checkpoint set pruned_at = now() where sequence <= up_to and pruned_at is null;
    perform set_config('xds.audit_prune', 'on', true);
    with gone as (
        delete from audit_event where sequence in
            (select sequence from audit_event where sequence <= up_to order by sequence limit most)
        returning sequence)
    select count(*), max(sequence) into removed, reached from gone;
    delete from audit_batch where last <= reached;
    perform set_config('xds.audit_prune', 'off', true);
    return removed;
end
$$;

-- What a daemon needs that does not own the tables: everything on the others, appending alone on the audit trail.
create or replace function grant_serving_role(serving name) returns void language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), serving);
    execute format('grant select, insert, update, delete on all tables in schema %I to %I', current_schema(), serving);
    execute format('grant usage, select on all sequences in schema %I to %I', current_schema(), serving);
    execute format(
        'revoke update, delete, truncate on audit_event, audit_batch, audit_key, audit_checkpoint from %I', serving);
    execute format('revoke insert, delete, truncate on audit_head from %I', serving);
    execute format('revoke insert, update, delete, truncate on schema_migration from %I', serving);
    execute format('revoke all on function prune_audit(bigint, bigint) from public');
end
$$;

-- The records of removals are looked for in a trail of millions.
create index audit_event_of_removals on audit_event (sequence) where event = 'audit-log-pruned';
