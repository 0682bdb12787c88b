"""The fraud bench: what the rules make impossible, and what the charts see of the rest."""
