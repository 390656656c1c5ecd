-- Profile called this past rename_account, which records an event: the one change that profile may make to an account.
revoke execute on function auth.change_username from iod_profile;
