-- Answers that were given once may be given again as long as they are still true (ADR 0016).

-- A number for what anybody may be shown of a patient's DocumentEntries. Every transaction that changes it renews the number,
-- whoever makes the change; it is random, so that a database that was restored never repeats one.
create table patient_version (
    patient_key bigint primary key references patient on delete cascade,
    version     uuid not null default gen_random_uuid()
) with (fillfactor = 50);
insert into patient_version (patient_key) select patient_key from patient;

create function begin_patient_versions() returns trigger language plpgsql security definer as $$
begin
    insert into patient_version (patient_key) select patient_key from changed;
    return null;
end
$$;

-- Once in a transaction is enough: nobody has seen the number it made. A setting that ends with the transaction, or with the
-- part of it that is undone, remembers the patient; a submission of many entries would change the row once for each otherwise.
create function renew_patient_version(renewed bigint) returns void language plpgsql security definer as $$
begin
    if current_setting('xds.renewed_patient', true) is distinct from renewed::text then
        insert into patient_version (patient_key) values (renewed)
            on conflict (patient_key) do update set version = excluded.version;
        perform set_config('xds.renewed_patient', renewed::text, true);
    end if;
end
$$;

-- One patient after the other, in the order of their keys, so that two statements never wait for each other; and each by the
-- index, also when the table was small when the statement was planned.
create function renew_patient_versions() returns trigger language plpgsql security definer as $$
declare
    renewed bigint;
begin
    for renewed in select distinct patient_key from changed order by patient_key loop
        perform renew_patient_version(renewed);
    end loop;
    return null;
end
$$;

-- What moves to another patient changes both.
create function renew_patient_versions_on_update() returns trigger language plpgsql security definer as $$
declare
    renewed bigint;
begin
    for renewed in select patient_key from before union select patient_key from changed order by patient_key loop
        perform renew_patient_version(renewed);
    end loop;
    return null;
end
$$;

create function renew_all_patient_versions() returns trigger language plpgsql security definer as $$
begin
    update patient_version set version = gen_random_uuid();
    return null;
end
$$;

-- Whoever makes a change renews the versions of these tables, whatever the rights and the search path of the session.
do $$
declare
    renewing regprocedure;
begin
    for renewing in
        select oid from pg_proc where pronamespace = current_schema()::regnamespace
            and proname in ('begin_patient_versions', 'renew_patient_version', 'renew_patient_versions',
                'renew_patient_versions_on_update', 'renew_all_patient_versions')
    loop
        execute format('alter function %s set search_path = %I, pg_temp', renewing, current_schema());
        execute format('revoke all on function %s from public', renewing);
    end loop;
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

-- Roles that serve already read versions.
do $$
declare
    serving regrole;
begin
    for serving in
        select grantee::regrole from pg_class, aclexplode(relacl)
        where pg_class.oid = 'document_entry'::regclass and privilege_type = 'SELECT' and grantee not in (0, relowner)
    loop
        execute format('grant select on patient_version to %s', serving);
    end loop;
end
$$;
