"""reports/index.html: one page that shows every result, to read and to touch, from disk and without a network."""
