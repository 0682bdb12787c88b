"""How well waits are estimated: simulated halls that the estimator knows nothing of, and four other methods."""
