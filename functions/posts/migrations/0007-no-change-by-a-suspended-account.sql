-- A change by the author or the writer raises the version; counters and erasures do not.
create trigger posts_require_account_to_change before update on posts.posts
  for each row when (new.version <> old.version) execute function auth.require_account('author_id');
-- Not for a deletion, which a moderator may do: it empties the comment.
create trigger comments_require_account_to_change before update on posts.comments
  for each row when (new.version <> old.version and new.deleted_at is null)
  execute function auth.require_account('account_id');
