-- Who stored a document: an organisation removes its own (ITI-86). For documents stored before, the registry knows who
-- submitted them.
alter table stored_document add column stored_by text;
update stored_document d set stored_by = (
    select s.submitted_by from document_entry e join submission_set s on s.entry_uuid = e.submission_set
    where e.unique_id = d.unique_id and e.repository_unique_id = d.repository_unique_id
    order by e.registered_at, e.version limit 1);
