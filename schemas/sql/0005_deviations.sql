-- Habits of organisations' systems that depart from the standard and are understood all the same: how many messages had
-- each, and when. Counted in memory and written a few seconds later; nothing of a message's content is kept.
create table deviation (
    organisation text not null,                        -- organisation.identifier
    transaction  text not null,                        -- ITI-18, ITI-41, ...
    deviation    text not null,                        -- name of the habit
    messages     bigint not null check (messages > 0),
    first_seen   timestamptz not null,
    last_seen    timestamptz not null,
    primary key (organisation, transaction, deviation)
);
