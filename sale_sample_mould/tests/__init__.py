from . import test_mould
