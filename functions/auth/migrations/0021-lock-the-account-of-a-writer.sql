-- Posts, comments and favorites locked a row before the trigger locked the account, and could deadlock with its deletion.
grant execute on function auth.share_account to iod_posts;
