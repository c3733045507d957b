"""From raw aligned text to numbered questions: sources, filter, tokens, vocabulary, split, batches."""
