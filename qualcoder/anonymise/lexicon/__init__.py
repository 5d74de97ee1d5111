"""What single words look like: names, places, kin and titles, and the common words of each language."""
