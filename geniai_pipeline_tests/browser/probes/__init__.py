"""What must stand between tenants in Superset, asked over HTTP: each probe says where it does not.

The tests ask them of Superset as it is, ``test_mutations.py`` of one that was broken.
"""
