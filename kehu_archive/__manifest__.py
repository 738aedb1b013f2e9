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
        "security/kehu_archive_security.xml",
        "security/kehu_archive_lines_security.xml",
        "security/kehu_loan_security.xml",
        # Code tables; the labels name industries.
        "data/reference_data.xml",
        "data/kehu_industry_label_data.xml",
        # Sequences, activity types, nightly work
        "data/kehu_sequences.xml",
        "data/kehu_activity_types.xml",
        "data/kehu_crons.xml",
        # Consulting and borrowing: sections, numbers, reminders
        "data/kehu_archive_sections.xml",
        "data/kehu_loan_data.xml",
        # Wizards come before what opens them.
        "wizards/kehu_archive_file_views.xml",
        "wizards/kehu_archive_reason_views.xml",
        "wizards/kehu_loan_request_views.xml",
        "wizards/kehu_fact_verify_views.xml",
        "wizards/kehu_registration_import_views.xml",
        "wizards/kehu_register_import_views.xml",
        "data/kehu_archive_server_actions.xml",
        "data/kehu_loan_server_actions.xml",
        # Views
        "views/archive/kehu_region_views.xml",
        "views/archive/kehu_industry_views.xml",
        "views/archive/kehu_industry_label_views.xml",
        "views/archive/kehu_enterprise_nature_views.xml",
        # The customers' own list comes before the classes, which open it.
        "views/inherited/kehu_customer_views.xml",
        "views/archive/kehu_customer_class_views.xml",
        "views/archive/kehu_archive_item_views.xml",
        "views/archive/kehu_service_record_views.xml",
        "views/archive/kehu_archive_views.xml",
        "views/archive/kehu_cabinet_views.xml",
        "views/archive/kehu_register_export_views.xml",
        "views/inherited/res_partner_views.xml",
        "views/inherited/crm_lead_views.xml",
        "views/inherited/sale_order_views.xml",
        "views/inherited/account_move_views.xml",
        "views/inherited/res_config_settings_views.xml",
        # Who sees what: requests, loans, rights
        "views/circulation/kehu_loan_views.xml",
        "views/circulation/kehu_section_request_views.xml",
        "views/circulation/kehu_opinion_views.xml",
        "views/circulation/kehu_right_views.xml",
        "views/circulation/kehu_archive_views.xml",
        "views/circulation/res_partner_views.xml",
        "views/circulation/res_config_settings_views.xml",
        # Printed documents
        "report/account_move_templates.xml",
        "report/kehu_catalogue_templates.xml",
        "report/kehu_form_reports.xml",
        "report/kehu_recall_templates.xml",
        # Menus name the actions above.
        "views/kehu_archive_menus.xml",
        "views/circulation/kehu_loan_menus.xml",
    ],
    "demo": [
        "demo/kehu_users_demo.xml",
        "demo/kehu_reference_demo.xml",
        "demo/res.partner.csv",
        "demo/res.partner.bank.csv",
        "demo/kehu.archive.csv",
        # A head office has to be registered before its branches name it.
        "demo/res.partner-branches.csv",
        "demo/kehu.competitor.csv",
        "demo/kehu.archive.fact.csv",
        # Needs all of the above.
        "demo/kehu_history_demo.xml",
    ],
    "assets": {
        "web.assets_backend": [
            "kehu_archive/static/src/form/xlsx_report.js",
            "kehu_archive/static/src/import_progress/**/*",
            "kehu_archive/static/src/register/**/*",
            "kehu_archive/static/src/fields/**/*",
            "kehu_archive/static/src/widgets/**/*",
            "kehu_archive/static/src/views/**/*",
        ],
        "web.assets_unit_tests": [
            "kehu_archive/static/tests/**/*.test.js",
        ],
    },
    "application": True,
}
