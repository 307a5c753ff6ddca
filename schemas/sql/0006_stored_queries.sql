-- What the stored queries of ITI-18 and ITI-51 need beyond FindDocuments and GetDocuments.

-- FindDocumentsByTitle: the first text of rim:Name, and authorInstitution as XON text, both as they are matched.
alter table document_entry
    add column title               text,
    add column author_institutions text[] not null default '{}';

-- Answers come in the order of registration. With the time in the key FindDocuments reads them in that order, and
-- ObjectRef answers still come from the index alone.
create index document_entry_in_order on document_entry (patient_key, status, object_type, registered_at)
    include (entry_uuid) where latest;
drop index document_entry_by_patient;
alter index document_entry_in_order rename to document_entry_by_patient;

-- All versions of a folder by their uniqueId.
create index folder_by_unique_id on folder (unique_id);

-- ITI-51 without a patient: at least one of these has to be given. Arrays are mostly empty or short; without the list
-- of pending entries a read costs the same at every moment.
create index document_entry_by_class on document_entry (class_code, creation_time) where latest;
create index document_entry_by_facility on document_entry (healthcare_facility_type_code, creation_time) where latest;
create index document_entry_by_event on document_entry using gin (event_codes) with (fastupdate = off)
    where event_codes <> '{}';
create index document_entry_by_reference on document_entry using gin (reference_ids) with (fastupdate = off)
    where reference_ids <> '{}';
create index folder_by_code on folder using gin (codes) with (fastupdate = off);
