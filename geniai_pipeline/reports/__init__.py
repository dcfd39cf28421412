"""Weekly report: a letter to each tenant with its figures and who waits for an answer."""
