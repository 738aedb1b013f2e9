from . import test_display_width
from . import test_region_reference
from . import test_size_class_edges
from . import test_uscc
from . import test_coded_trees
from . import test_industry_labels
