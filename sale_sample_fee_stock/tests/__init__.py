from . import test_deliveries, test_concurrency, test_tours_mould_fee
