"""The weekly report: a letter to each gym with what its week was and who waits for an answer."""
