-- What one mailbox is sent in a day, whatever for and by whose doing, by a hash of its address.
create table auth.email_budgets (
  recipient bytea not null,
  purpose text not null,
  day date not null,
  emails integer not null,
  constraint email_budgets_pkey primary key (recipient, purpose, day)
);
create index email_budgets_day on auth.email_budgets (day);
grant select, insert, update, delete on auth.email_budgets to iod_auth;

-- The email that a link was sent with: of two links for one purpose that of the newest is the one that works.
alter table auth.email_tokens add column outbox_id uuid;
