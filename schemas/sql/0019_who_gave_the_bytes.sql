-- Which organisations sent the bytes of a document. Metadata alone can be registered by anybody who knows a uniqueId; a
-- DocumentEntry opens a document only if its submitter had the bytes.
create table stored_document_provider (
    repository_unique_id text not null,
    unique_id            text not null,
    organisation         text not null,                -- identifier
    primary key (repository_unique_id, unique_id, organisation),
    foreign key (repository_unique_id, unique_id) references stored_document on delete cascade
);
insert into stored_document_provider (repository_unique_id, unique_id, organisation)
select repository_unique_id, unique_id, stored_by from stored_document where stored_by is not null;
