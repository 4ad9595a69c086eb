from . import sale_sample_accept, sale_sample_return
