-- Who may connect: care organisations, their certificates and what each is allowed.

create type organisation_status as enum ('active', 'suspended');

create table organisation (
    organisation_key bigint generated always as identity primary key,
    identifier       text not null unique,             -- short name, used in commands, logs and metrics
    name             text not null,
    ura              text unique check (ura ~ '^[0-9]{8}$'),
    status           organisation_status not null default 'active',
    transactions     text[] not null,                  -- allowed transactions: ITI-18, ITI-41, ...
    source_ids       text[] not null default '{}',     -- SubmissionSet.sourceId values it may use
    any_source_id    boolean not null default false,   -- or any at all
    contact          text,
    added_at         timestamptz not null default now()
);

-- Several certificates per organisation: old and new overlap while they are renewed.
create table organisation_certificate (
    spki_sha256      bytea primary key check (octet_length(spki_sha256) = 32),
    organisation_key bigint not null references organisation on delete cascade,
    subject          text not null,
    issuer           text not null,
    serial_number    text not null,
    not_after        timestamptz not null,
    added_at         timestamptz not null default now()
);
create index organisation_certificate_by_organisation on organisation_certificate (organisation_key);

-- Every change raises the revision; daemons compare one number to know whether to read the directory again.
create table organisation_directory (
    only_row boolean primary key default true check (only_row),
    revision bigint not null
);
insert into organisation_directory (revision) values (1);

create function raise_directory_revision() returns trigger language plpgsql as $$
begin
    update organisation_directory set revision = revision + 1;
    return null;
end
$$;
create trigger organisation_changed after insert or update or delete on organisation
    for each statement execute function raise_directory_revision();
create trigger organisation_certificate_changed after insert or update or delete on organisation_certificate
    for each statement execute function raise_directory_revision();
