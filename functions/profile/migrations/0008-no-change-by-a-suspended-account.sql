create trigger profiles_require_account before insert or update on profile.profiles
  for each row execute function auth.require_account('account_id');
