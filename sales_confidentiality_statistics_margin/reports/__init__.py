from . import sale_sample_statistics
