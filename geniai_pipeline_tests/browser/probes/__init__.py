"""Probes of Superset's tenant isolation over HTTP: each yields the faults it finds.

``test_probes.py`` runs them on the real configuration, ``test_mutations.py`` on broken ones.
"""
