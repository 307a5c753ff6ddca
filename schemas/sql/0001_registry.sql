-- The document registry: the four objects of ITI TF-3 section 4.1, each with its finished ebRIM XML (fragment)
-- next to the typed columns that filters and rules use. A query joins fragments; it never serialises again.

create type patient_status as enum ('active', 'subsumed');
create type availability_status as enum ('Approved', 'Deprecated');
create type document_entry_type as enum ('Stable', 'OnDemand');
create type document_availability as enum ('Online', 'Offline');

-- The identities of the affinity domain (ITI-8, ITI-44, or added by an administrator).
create table patient (
    patient_key  bigint generated always as identity primary key,
    patient_id   text not null unique,                 -- CX: id^^^&OID&ISO
    status       patient_status not null default 'active',
    survivor_key bigint references patient,            -- set when subsumed by a merge
    source       text not null,                        -- who made it known
    known_since  timestamptz not null default now(),
    check ((status = 'subsumed') = (survivor_key is not null))
);

-- One row for each version of a DocumentEntry. Codes are kept as code^^codingScheme, times as the 14 digits of
-- the earliest instant they denote, so that both compare as plain text.
create table document_entry (
    entry_uuid                    uuid primary key,
    logical_id                    uuid not null,
    version                       integer not null,
    latest                        boolean not null default true,
    patient_key                   bigint not null references patient,
    object_type                   document_entry_type not null,
    status                        availability_status not null,
    unique_id                     text not null,
    repository_unique_id          text not null,
    hash                          bytea,               -- SHA-1; absent on on-demand entries
    size                          bigint,              -- bytes
    class_code                    text not null,
    type_code                     text not null,
    format_code                   text not null,
    practice_setting_code         text not null,
    healthcare_facility_type_code text not null,
    confidentiality_codes         text[] not null,
    event_codes                   text[] not null,
    creation_time                 text,
    service_start_time            text,
    service_stop_time             text,
    author_persons                text[] not null,
    reference_ids                 text[] not null,
    availability                  document_availability not null default 'Online',
    submission_set                uuid not null,
    registered_at                 timestamptz not null default now(),
    fragment                      text not null,
    unique (logical_id, version),
    check (octet_length(hash) = 20)
) with (toast_tuple_target = 4080);
-- lz4 and the raised target keep a fragment of the usual size in its row: one page read instead of a TOAST detour.
alter table document_entry alter column fragment set compression lz4;

-- Covers ObjectRef answers of FindDocuments without filters: ids straight from the index.
create index document_entry_by_patient on document_entry (patient_key, status, object_type)
    include (entry_uuid) where latest;
create index document_entry_older_versions on document_entry (patient_key) where not latest;
create index document_entry_by_unique_id on document_entry (unique_id);

create table submission_set (
    entry_uuid        uuid primary key,
    patient_key       bigint not null references patient,
    status            availability_status not null,
    unique_id         text not null constraint submission_set_unique_id unique,
    source_id         text not null,
    submission_time   text not null,
    content_type_code text not null,
    author_persons    text[] not null,
    submitted_by      text,                            -- identifier of the organisation whose certificate sent it
    registered_at     timestamptz not null default now(),
    fragment          text not null
) with (toast_tuple_target = 4080);
alter table submission_set alter column fragment set compression lz4;
create index submission_set_by_patient on submission_set (patient_key, submission_time);

create table folder (
    entry_uuid       uuid primary key,
    logical_id       uuid not null,
    version          integer not null,
    latest           boolean not null default true,
    patient_key      bigint not null references patient,
    status           availability_status not null,
    unique_id        text not null,
    codes            text[] not null,
    last_update_time text not null,
    submission_set   uuid not null,
    registered_at    timestamptz not null default now(),
    fragment         text not null,
    unique (logical_id, version)
) with (toast_tuple_target = 4080);
alter table folder alter column fragment set compression lz4;
create index folder_by_patient on folder (patient_key, last_update_time);
create unique index folder_unique_id on folder (unique_id) where version = 1;

-- Ends may be objects of any kind, associations included, so they are not foreign keys.
create table association (
    entry_uuid       uuid primary key,
    association_type text not null,                    -- type URN
    source_object    uuid not null,
    target_object    uuid not null,
    status           availability_status not null,
    submission_set   uuid not null,
    registered_at    timestamptz not null default now(),
    fragment         text not null
);
alter table association alter column fragment set compression lz4;
create index association_by_source on association (source_object);
create index association_by_target on association (target_object);
