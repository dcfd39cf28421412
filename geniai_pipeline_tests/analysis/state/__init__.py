"""The state of an episode: what each message does, and what follows at the end."""
