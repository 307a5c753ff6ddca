-- The document repository: which bytes a uniqueId stands for. The bytes are files named by their SHA-256.

create table stored_document (
    repository_unique_id text not null,
    unique_id            text not null,
    sha256               bytea not null check (octet_length(sha256) = 32),
    sha1                 bytea not null check (octet_length(sha1) = 20),
    size                 bigint not null check (size >= 0),
    mime_type            text not null,
    stored_at            timestamptz not null default now(),
    primary key (repository_unique_id, unique_id)
);
-- The sweep asks which files no document needs any more.
create index stored_document_by_sha256 on stored_document (sha256);
