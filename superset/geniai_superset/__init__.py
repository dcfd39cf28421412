"""GeniAI's side of Superset: who comes in, as whom they query, and what they see."""
