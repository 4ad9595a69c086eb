from . import product_product, sale_sample_mould_agreement, sale_sample_refund_entry, stock_move, stock_move_line
