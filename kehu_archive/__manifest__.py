{
    "name": "Customer Archive",
    "version": "19.0.1.0.0",
    "category": "Sales/CRM",
    "summary": "Register, file, keep and print customer archives (客户档案)",
    "author": "Kehu Archive",
    "website": "https://kehu-archive.example",
    "license": "LGPL-3",
    "depends": ["contacts", "crm", "sale_management", "sale_crm", "account"],
    "data": [
        # Rights come first: everything below names groups.
        "security/kehu_archive_groups.xml",
        "security/ir.model.access.csv",
        # Code tables; the labels name industries.
        "data/reference_data.xml",
        "data/kehu_industry_label_data.xml",
        # Screens of the code tables.
        "views/archive/kehu_region_views.xml",
        "views/archive/kehu_industry_views.xml",
        "views/archive/kehu_industry_label_views.xml",
        "views/archive/kehu_enterprise_nature_views.xml",
        "views/archive/kehu_customer_class_views.xml",
    ],
    "application": True,
}
