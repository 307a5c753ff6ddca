-- Who may see what: what patients decided, and what an organisation is limited to.

-- What a patient decided, for all kinds of organisations ('*') or for one kind. The decision for a kind goes before the
-- one for all; a patient without a decision falls under the region's default.
create table patient_consent (
    patient_key       bigint not null references patient,
    organisation_kind text not null,                   -- '*', or a care provider type code as organisation.kind has it
    decision          text not null check (decision in ('given', 'withdrawn')),
    decided_on        date not null,
    source            text not null,                   -- where the patient said so
    primary key (patient_key, organisation_kind)
);

-- Every decision there ever was, for the patient and for the law.
create table patient_consent_event (
    event_key         bigint generated always as identity primary key,
    patient_id        text not null,                   -- CX, as it was then
    organisation_kind text not null,
    decision          text not null check (decision in ('given', 'withdrawn', 'none')),
    decided_on        date not null,
    source            text not null,
    recorded_by       text not null,                   -- the administrator's account, or the system that told
    recorded_at       timestamptz not null default now()
);
create index patient_consent_event_by_patient on patient_consent_event (patient_id, event_key);

create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'table % is append-only', tg_table_name using errcode = 'insufficient_privilege';
end
$$;
create trigger patient_consent_event_stays before update or delete on patient_consent_event
    for each row execute function refuse_change();
create trigger patient_consent_event_is_kept before truncate on patient_consent_event
    for each statement execute function refuse_change();

-- Codes as code^^codingScheme; null: any.
alter table organisation
    add column confidentiality_codes text[],           -- an entry is shown if all its confidentialityCodes are among these
    add column class_codes           text[];           -- and its classCode is

-- Whose submission an entry came with: that organisation always sees it. Kept in the row, and in the covering index, so
-- that visibility costs a query no look at another table.
alter table document_entry add column submitted_by text;
update document_entry e set submitted_by = s.submitted_by from submission_set s where s.entry_uuid = e.submission_set;
create index document_entry_visible on document_entry (patient_key, status, object_type, registered_at)
    include (entry_uuid, submitted_by) where latest;
drop index document_entry_by_patient;
alter index document_entry_visible rename to document_entry_by_patient;
