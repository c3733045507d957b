"""The live page: the page of the reports with the trained models behind it."""
