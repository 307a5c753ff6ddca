-- Link changes are searched for ids that stand among their objects only: there are few of them in a large trail.
create index audit_event_of_link_changes on audit_event (sequence) where event = 'ITI-64';
