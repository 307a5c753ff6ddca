-- How an organisation's messages are read, and whose objects it may update and remove.
alter table organisation
    add column reading      text not null default 'lenient' check (reading in ('lenient', 'strict')),
    add column update_scope text not null default 'own' check (update_scope in ('own', 'any'));
