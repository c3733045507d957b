"""MLflow runs: written while a model trains, or made later from the record that Git keeps."""
