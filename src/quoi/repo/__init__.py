"""Every path, and DVC and Git: digests, the cache, a worktree."""
