"""Files, arrays, tables, progress, processes and downloads: what knows nothing of the subject."""
