-- Answers that were given once may be given again as long as they are still true (ADR 0016).

-- A number for what anybody may be shown of a patient's DocumentEntries. Every transaction that changes it renews the number,
-- whoever makes the change; it is random, so that a database that was restored never repeats one.
create table patient_version (
    patient_key bigint primary key references patient on delete cascade,
    version     uuid not null default gen_random_uuid(),
    renewed_at  timestamptz not null default now()     -- the beginning of the transaction that renewed it
) with (fillfactor = 50);
insert into patient_version (patient_key) select patient_key from patient;

create function begin_patient_versions() returns trigger language plpgsql security definer as $$
begin
    insert into patient_version (patient_key) select patient_key from changed;
    return null;
end
$$;

-- Once in a transaction is enough: nobody has seen the number it made, and a submission of many entries would change the row
-- once for each otherwise. Numbers of transactions come again after four billion of them, but not at the same moment.
create function renew_patient_version(renewed bigint) returns void language plpgsql security definer as $$
begin
    perform from patient_version
    where patient_key = renewed and xmin = pg_current_xact_id()::xid and renewed_at = now();
    if not found then
        insert into patient_version (patient_key) values (renewed)
            on conflict (patient_key) do update set version = excluded.version, renewed_at = excluded.renewed_at;
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
    update patient_version set version = gen_random_uuid(), renewed_at = now();
    return null;
end
$$;

-- Whoever makes a change renews the versions of these tables, whatever the rights and the search path of the session.
do $$
declare
    renewing regprocedure;
begin
    for renewing in
        select oid from pg_proc
        where pronamespace = (select oid from pg_namespace where nspname = current_schema())
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

-- What a daemon needs that does not own the tables: everything on the others, appending alone on the audit trail, reading alone
-- where triggers write.
create or replace function grant_serving_role(serving name) returns void language plpgsql as $$
begin
    execute format('grant usage on schema %I to %I', current_schema(), serving);
    execute format('grant select, insert, update, delete on all tables in schema %I to %I', current_schema(), serving);
    execute format('grant usage, select on all sequences in schema %I to %I', current_schema(), serving);
    execute format(
        'revoke update, delete, truncate on audit_event, audit_batch, audit_key, audit_checkpoint from %I', serving);
    execute format('revoke insert, delete, truncate on audit_head from %I', serving);
    execute format('revoke insert, update, delete, truncate on patient_version from %I', serving);
    execute format('revoke insert, update, delete, truncate on schema_migration from %I', serving);
    execute format('revoke all on function prune_audit(bigint, bigint) from public');
end
$$;

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
