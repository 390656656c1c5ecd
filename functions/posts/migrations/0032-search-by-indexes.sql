-- A session keeps the plans of its first calls: made while there were few posts, they read all of them twice in each search, 95 ms
-- for 60,000 posts until the next analyze, and 6 ms after it.
alter function posts.newest_matches set enable_seqscan = off;
