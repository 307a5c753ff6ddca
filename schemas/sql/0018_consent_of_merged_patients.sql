-- A merge joins what one person decided under two ids. An objection stays one; agreement under the subsumed id counts
-- where the survivor decided nothing against it.

create function inherit_consent() returns trigger language plpgsql as $$
begin
    with inherited as (
        insert into patient_consent as kept (patient_key, organisation_kind, decision, decided_on, source)
        select new.survivor_key, c.organisation_kind, c.decision, c.decided_on, c.source
        from patient_consent c
        where c.patient_key = new.patient_key
            and (c.decision = 'withdrawn' or not exists (
                select from patient_consent k
                where k.patient_key = new.survivor_key and k.organisation_kind = '*' and k.decision = 'withdrawn'))
        on conflict (patient_key, organisation_kind) do update
            set decision = excluded.decision, decided_on = excluded.decided_on, source = excluded.source
            where kept.decision = 'given' and excluded.decision = 'withdrawn'
        returning organisation_kind, decision, decided_on, source)
    insert into patient_consent_event (patient_id, organisation_kind, decision, decided_on, source, recorded_by)
    select (select patient_id from patient where patient_key = new.survivor_key), organisation_kind, decision, decided_on,
        source, 'merge of ' || new.patient_id
    from inherited order by organisation_kind;
    return null;
end
$$;
create trigger patient_subsumed after update of status on patient
    for each row when (new.status = 'subsumed' and old.status <> 'subsumed') execute function inherit_consent();
