-- What an organisation is and may use at once, certificates known by their issuer and number, and what happened at
-- the front door.

alter table organisation
    add column kind                text check (kind ~ '^[A-Za-z0-9.-]{1,16}$'),  -- care provider type code, as V4
    add column home_community_id   text check (home_community_id ~ '^urn:oid:[0-2](\.(0|[1-9][0-9]*))+$'),
    add column maximum_requests    bigint check (maximum_requests > 0),            -- in flight; null: the configuration's
    add column maximum_bytes       bigint check (maximum_bytes > 0),               -- of bodies in flight
    add column requests_per_second bigint check (requests_per_second > 0);

-- A certificate that is known by what its issuer calls it, without having been seen.
create table organisation_certificate_name (
    issuer           text not null,                    -- RFC 4514
    serial_number    text not null check (serial_number ~ '^([0-9A-F]{2})+$'),
    organisation_key bigint not null references organisation on delete cascade,
    added_at         timestamptz not null default now(),
    primary key (issuer, serial_number)
);
create index organisation_certificate_name_by_organisation on organisation_certificate_name (organisation_key);
create trigger organisation_certificate_name_changed after insert or update or delete on organisation_certificate_name
    for each statement execute function raise_directory_revision();

-- The latest handshakes by address of the peer: for the administrator who is phoned, no audit. Bounded by the writer.
create table handshake (
    address      text primary key,
    last_at      timestamptz not null,
    accepted     bigint not null,
    accepted_at  timestamptz,
    certificate  text,                                 -- subject of the certificate accepted last
    failed       bigint not null,
    failed_at    timestamptz,
    reason       text,                                 -- stable word of the latest failure
    explanation  text                                  -- its sentence
);
create index handshake_by_time on handshake (last_at);
