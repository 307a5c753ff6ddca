-- Answers that were given once may be given again as long as they are still true (ADR 0016).

-- A number for what anybody may be shown of a patient's DocumentEntries. Every transaction that changes it renews the number,
-- whoever makes the change; it is random, so that a database that was restored never repeats one.
create table patient_version (
    patient_key bigint primary key references patient on delete cascade,
    version     uuid not null default gen_random_uuid()
) with (fillfactor = 50);
insert into patient_version (patient_key) select patient_key from patient;

create function begin_patient_versions() returns trigger language plpgsql as $$
begin
    insert into patient_version (patient_key) select patient_key from changed;
    return null;
end
$$;

-- One patient after the other, always in the same order, so that two changes never wait for each other, and by the index
-- also when the table was small when the statement was planned.
create function renew_patient_versions() returns trigger language plpgsql as $$
declare
    renewed bigint;
begin
    for renewed in select distinct patient_key from changed order by patient_key loop
        insert into patient_version (patient_key) values (renewed)
            on conflict (patient_key) do update set version = excluded.version;
    end loop;
    return null;
end
$$;

-- What moves to another patient changes both.
create function renew_patient_versions_on_update() returns trigger language plpgsql as $$
declare
    renewed bigint;
begin
    for renewed in select patient_key from before union select patient_key from changed order by patient_key loop
        insert into patient_version (patient_key) values (renewed)
            on conflict (patient_key) do update set version = excluded.version;
    end loop;
    return null;
end
$$;

create function renew_all_patient_versions() returns trigger language plpgsql as $$
begin
    update patient_version set version = gen_random_uuid();
    return null;
end
$$;

create trigger patient_version_begins after insert on patient
    referencing new table as changed for each statement execute function begin_patient_versions();
create trigger patient_version_on_update after update on patient
    referencing old table as before new table as changed
    for each statement execute function renew_patient_versions_on_update();

create trigger patient_version_on_insert after insert on document_entry
    referencing new table as changed for each statement execute function renew_patient_versions();
create trigger patient_version_on_update after update on document_entry
    referencing old table as before new table as changed
    for each statement execute function renew_patient_versions_on_update();
create trigger patient_version_on_delete after delete on document_entry
    referencing old table as changed for each statement execute function renew_patient_versions();
create trigger patient_version_on_truncate after truncate on document_entry
    for each statement execute function renew_all_patient_versions();

create trigger patient_version_on_insert after insert on patient_consent
    referencing new table as changed for each statement execute function renew_patient_versions();
create trigger patient_version_on_update after update on patient_consent
    referencing old table as before new table as changed
    for each statement execute function renew_patient_versions_on_update();
create trigger patient_version_on_delete after delete on patient_consent
    referencing old table as changed for each statement execute function renew_patient_versions();
create trigger patient_version_on_truncate after truncate on patient_consent
    for each statement execute function renew_all_patient_versions();

-- Roles that serve already may do so here too.
do $$
declare
    serving regrole;
begin
    for serving in
        select grantee::regrole from pg_class, aclexplode(relacl)
        where pg_class.oid = 'document_entry'::regclass and privilege_type = 'INSERT' and grantee not in (0, relowner)
    loop
        execute format('grant select, insert, update, delete on patient_version to %s', serving);
    end loop;
end
$$;
