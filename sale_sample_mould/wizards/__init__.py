from . import sale_sample_mould_open, sale_sample_mould_scrap
