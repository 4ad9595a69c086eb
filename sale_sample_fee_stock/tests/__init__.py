from . import test_deliveries, test_corrections, test_concurrency, test_tours_mould_fee
