-- What happened to a patient id, when, by whom and by which message. Append-only: the history of an identity is part
-- of what makes a merge accountable.

create type patient_event_kind as enum ('added', 'subsumed', 'took over', 'link moved away', 'link moved here');

create table patient_event (
    patient_event_key bigint generated always as identity primary key,
    patient_key       bigint not null references patient,
    kind              patient_event_kind not null,
    other_key         bigint references patient,       -- the other id of a merge or of a link change
    objects           integer,                         -- registry objects that went with it
    organisation      text not null,                   -- who said so: an organisation, or administration
    transaction       text,                            -- ITI-8, ITI-44, ITI-64, ITI-42; null: a command
    message_id        text,                            -- the sender's name of the message
    occurred_at       timestamptz not null default now()
);
create index patient_event_by_patient on patient_event (patient_key, patient_event_key);

create function refuse_change_of_history() returns trigger language plpgsql as $$
begin
    raise exception 'the table % is append-only', tg_table_name using errcode = 'object_not_in_prerequisite_state';
end
$$;
create trigger patient_event_is_append_only before update or delete or truncate on patient_event
    for each statement execute function refuse_change_of_history();

insert into patient_event (patient_key, kind, organisation, occurred_at)
select patient_key, 'added', source, known_since from patient order by patient_key;

-- Who was merged into a patient.
create index patient_by_survivor on patient (survivor_key) where survivor_key is not null;
