"""Addresses of the pages. Nothing personal stands in an address: persons by number are asked for by POST."""

from __future__ import annotations

from django.urls import path

from lxbt.web import home, showcase
from lxbt.web.accounts import ending, oidc, own, recovery, roles, sheets, signing_in, slips
from lxbt.web.accounts import views as accounts
from lxbt.web.applications import entry, papers
from lxbt.web.applications import export as application_export
from lxbt.web.applications import views as applications
from lxbt.web.audit import views as audit
from lxbt.web.bulletins import views as bulletins
from lxbt.web.divisions import views as divisions
from lxbt.web.duplicates import views as duplicates
from lxbt.web.exchange import views as exchange
from lxbt.web.help import views as help_pages
from lxbt.web.imports import listing as import_lists
from lxbt.web.imports import opening, totals
from lxbt.web.imports import views as imports
from lxbt.web.leads import views as leads
from lxbt.web.looks import views as looks
from lxbt.web.matching import campaigns as alert_campaigns
from lxbt.web.matching import case as alert_case
from lxbt.web.matching import listing as alert_listing
from lxbt.web.matching import rules as alert_rules
from lxbt.web.matching import watching as alert_watching
from lxbt.web.notices import reading, tracking, writing
from lxbt.web.notices import views as notices
from lxbt.web.payments import files, money
from lxbt.web.payments import held as held_months
from lxbt.web.payments import views as payments
from lxbt.web.practice import views as practice
from lxbt.web.proposals import views as proposals
from lxbt.web.provincial import differences as provincial_differences
from lxbt.web.provincial import views as provincial
from lxbt.web.registry import listing, nation
from lxbt.web.registry import rights as registry_rights
from lxbt.web.registry import views as registry
from lxbt.web.releases import views as releases
from lxbt.web.rollout import counties as rollout_counties
from lxbt.web.rollout import planning as rollout_planning
from lxbt.web.rollout import views as rollout
from lxbt.web.standards import views as standards
from lxbt.web.statistics import behind as figures_behind
from lxbt.web.statistics import coverage
from lxbt.web.statistics import views as statistics
from lxbt.web.support import answers as support_answers
from lxbt.web.support import asking as support_asking
from lxbt.web.support import directory as support_directory
from lxbt.web.support import listing as support_listing
from lxbt.web.support import question as support_question
from lxbt.web.support import status as support_status

urlpatterns = [
    path("", home.home, name="home"),
    path("help/", help_pages.help_page, name="help"),
    path("help/panel/", help_pages.help_panel, name="help_panel"),
    path("help/pictures/<slug:picture>.png", help_pages.help_picture, name="help_picture"),
    path("help/books/<slug:volume>.pdf", help_pages.help_book, name="help_book"),
    path("help/<slug:book>/<slug:topic>/", help_pages.help_topic, name="help_topic"),
    path("practice/", practice.practice, name="practice"),
    path("practice/start/", practice.practice_start, name="practice_start"),
    path("practice/leave/", practice.practice_leave, name="practice_leave"),
    path("practice/<int:attempt_id>/", practice.practice_exercise, name="practice_exercise"),
    path("practice/<int:attempt_id>/check/", practice.practice_check, name="practice_check"),
    path("training/", practice.training_page, name="training"),
    path("training/export/", practice.training_export, name="training_export"),
    path("health/", home.health, name="health"),
    path("components/", showcase.showcase, name="components"),
    path("components/why/", showcase.explain, name="component_why"),
    path("components/reveal/", showcase.reveal, name="component_reveal"),
    path("login/", signing_in.login_view, name="login"),
    path("login/code/", signing_in.login_code, name="login_code"),
    path("login/phone/", signing_in.login_enrol, name="login_enrol"),
    path("login/provider/", oidc.begin, name="oidc_begin"),
    path("login/provider/back/", oidc.back, name="oidc_back"),
    path("logout/", signing_in.logout_view, name="logout"),
    path("password/", own.password_change, name="password_change"),
    path("profile/", own.profile, name="profile"),
    path("profile/phone/", own.factor, name="factor"),
    path("profile/devices/<int:device_id>/", own.device_denied, name="device_denied"),
    path("language/", own.set_language, name="set_language"),
    path("area/", own.area, name="area"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/new/", accounts.account_new, name="account_new"),
    path("accounts/export/", accounts.accounts_export, name="accounts_export"),
    path("accounts/confirm/", accounts.accounts_confirm, name="accounts_confirm"),
    path("accounts/reset/", accounts.accounts_reset, name="accounts_reset"),
    path("accounts/review/", accounts.account_review, name="account_review"),
    path("accounts/organs/", roles.both_organs, name="both_organs"),
    path("accounts/slips/", slips.slips, name="slips"),
    path("accounts/sheets/", sheets.account_sheets, name="account_sheets"),
    path("accounts/sheets/template/", sheets.account_template, name="account_template"),
    path("accounts/sheets/<int:sheet_id>/", sheets.account_sheet, name="account_sheet"),
    path("accounts/sheets/<int:sheet_id>/errors/", sheets.account_sheet_errors, name="account_sheet_errors"),
    path("accounts/<int:user_id>/", accounts.account, name="account"),
    path("accounts/<int:user_id>/end/", ending.account_end, name="account_end"),
    path("accounts/<int:user_id>/move/", ending.account_move, name="account_move"),
    path("roles/", roles.roles, name="roles"),
    path("accounts/<int:user_id>/recovery/", recovery.recovery_new, name="account_recovery"),
    path("accounts/recoveries/", recovery.recoveries, name="account_recoveries"),
    path("accounts/recoveries/<int:recovery_id>/", recovery.recovery_act, name="account_recovery_act"),
    path("divisions/", divisions.divisions, name="divisions"),
    path("divisions/<str:code>/", divisions.divisions, name="division"),
    path("search/", registry.search, name="search"),
    path("persons/", registry.persons, name="persons"),
    path("persons/export/", listing.export, name="persons_export"),
    path("persons/<int:person_id>/", registry.person, name="person"),
    path("persons/<int:person_id>/change/", registry.person_change, name="person_change"),
    path("persons/<int:person_id>/right/", registry_rights.person_right, name="person_right"),
    path("persons/<int:person_id>/account/", registry.person_account, name="person_account"),
    path("persons/<int:person_id>/reveal/<str:kind>/", registry.reveal, name="reveal"),
    path("matches/", duplicates.matches, name="matches"),
    path("matches/look/", duplicates.matches_look, name="matches_look"),
    path("matches/<int:match_id>/", duplicates.match, name="match"),
    path("inbox/", applications.inbox, name="inbox"),
    path("leads/", leads.leads, name="leads"),
    path("leads/export/", leads.export, name="leads_export"),
    path("leads/<int:lead_id>/", leads.lead, name="lead"),
    path("leads/<int:lead_id>/slip/", leads.slip, name="lead_slip"),
    path("alerts/", alert_listing.alerts, name="alerts"),
    path("alerts/export/", alert_listing.export, name="alerts_export"),
    path("alerts/<int:suspicion_id>/", alert_case.alert, name="alert"),
    path("alerts/<int:suspicion_id>/visit/", alert_case.visit, name="alert_visit"),
    path("alerts/<int:suspicion_id>/proofs/<int:proof_id>/", alert_case.proof, name="alert_proof"),
    path("campaigns/", alert_campaigns.campaigns, name="campaigns"),
    path("campaigns/new/", alert_campaigns.campaign_new, name="campaign_new"),
    path("campaigns/<int:campaign_id>/", alert_campaigns.campaign, name="campaign"),
    path("campaigns/<int:campaign_id>/export/", alert_campaigns.export, name="campaign_export"),
    path("rules/", alert_rules.rules, name="rules"),
    path("rules/run/", alert_rules.run, name="rules_run"),
    path("rules/<str:rule_code>/", alert_rules.rule, name="rule"),
    path("signals/", alert_watching.signals, name="signals"),
    path("signals/<int:signal_id>/", alert_watching.signal, name="signal"),
    path("notices/", notices.notices, name="notices"),
    path("notices/read/", notices.notices_read, name="notices_read"),
    path("notices/<int:notice_id>/", notices.notice_open, name="notice_open"),
    path("support/", support_listing.questions, name="questions"),
    path("support/new/", support_asking.question_new, name="question_new"),
    path("support/new/near/", support_asking.question_near, name="question_near"),
    path("support/new/screen/", support_asking.question_screen, name="question_screen"),
    path("support/export/", support_listing.questions_export, name="questions_export"),
    path("support/clocks/", support_listing.question_clocks, name="question_clocks"),
    path("support/clocks/export/", support_listing.question_clocks_export, name="question_clocks_export"),
    path("support/<int:question_id>/", support_question.question, name="question"),
    path(
        "support/<int:question_id>/pictures/<int:picture_id>/",
        support_question.question_picture,
        name="question_picture",
    ),
    path("answers/", support_answers.answers, name="answers"),
    path("answers/new/", support_answers.answer_new, name="answer_new"),
    path("answers/<int:answer_id>/", support_answers.answer, name="answer"),
    path("answers/<int:answer_id>/edit/", support_answers.answer_edit, name="answer_edit"),
    path("directory/", support_directory.directory, name="directory"),
    path("directory/export/", support_directory.directory_export, name="directory_export"),
    path("directory/<str:code>/<str:organ>/", support_directory.office, name="office"),
    path("status/", support_status.status, name="status"),
    path("circulars/new/", writing.circular_new, name="circular_new"),
    path("circulars/<int:circular_id>/", reading.circular, name="circular"),
    path("circulars/<int:circular_id>/read/", reading.circular_read, name="circular_read"),
    path("circulars/<int:circular_id>/pdf/", reading.circular_pdf, name="circular_pdf"),
    path("circulars/<int:circular_id>/papers/<int:paper_id>/", reading.circular_paper, name="circular_paper"),
    path("circulars/<int:circular_id>/edit/", writing.circular_edit, name="circular_edit"),
    path("circulars/<int:circular_id>/publish/", writing.circular_publish, name="circular_publish"),
    path("circulars/<int:circular_id>/act/", writing.circular_act, name="circular_act"),
    path("circulars/<int:circular_id>/receipts/", tracking.circular_receipts, name="circular_receipts"),
    path("circulars/<int:circular_id>/export/", tracking.circular_export, name="circular_export"),
    path("bulletins/", bulletins.bulletins, name="bulletins"),
    path("bulletins/new/", bulletins.bulletin_new, name="bulletin_new"),
    path("bulletins/<int:bulletin_id>/", bulletins.bulletin, name="bulletin"),
    path("bulletins/<int:bulletin_id>/act/", bulletins.bulletin_act, name="bulletin_act"),
    path("applications/", applications.applications, name="applications"),
    path("applications/export/", application_export.export, name="applications_export"),
    path("applications/new/", entry.application_new, name="application_new"),
    path("applications/new/draft/", entry.application_draft, name="application_draft"),
    path("applications/new/lookup/", entry.application_lookup, name="application_lookup"),
    path("applications/new/estimate/", entry.application_estimate, name="application_estimate"),
    path("applications/<str:number>/", applications.application, name="application"),
    path("applications/<str:number>/act/", applications.application_act, name="application_act"),
    path("applications/<str:number>/papers/", papers.application_attach, name="application_attach"),
    path("applications/<str:number>/papers/<int:paper_id>/", papers.application_paper, name="application_paper"),
    path("applications/<str:number>/receipt/", applications.receipt, name="application_receipt"),
    path("batches/", payments.batches, name="batches"),
    path("batches/draw/", payments.draw, name="draw"),
    path("batches/<int:batch_id>/", payments.batch, name="batch"),
    path("batches/<int:batch_id>/act/", payments.batch_act, name="batch_act"),
    path("batches/<int:batch_id>/file/", files.bank_file, name="bank_file"),
    path("batches/<int:batch_id>/export/", files.export, name="batch_export"),
    path("payments/held/", held_months.held_months, name="held"),
    path("payments/held/ask/", held_months.held_ask, name="held_ask"),
    path("imports/", import_lists.imports, name="imports"),
    path("imports/export/", import_lists.export, name="imports_export"),
    path("imports/new/", opening.import_new, name="import_new"),
    path("imports/templates/<str:import_kind>/", import_lists.import_template, name="import_template"),
    path("imports/totals/", totals.import_totals, name="import_totals"),
    path("imports/totals/declare/", totals.declare, name="import_declare"),
    path("imports/totals/export/", totals.export, name="import_totals_export"),
    path("imports/<int:import_id>/", imports.import_page, name="import"),
    path("imports/<int:import_id>/act/", imports.import_act, name="import_act"),
    path("imports/<int:import_id>/errors/", imports.import_errors, name="import_errors"),
    path("results/", files.results, name="results"),
    path("failed/", money.failed_items, name="failed_items"),
    path("recoveries/", money.recoveries, name="recoveries"),
    path("recoveries/<int:person_id>/<int:batch_id>/<str:subsidy>/", money.recovery, name="recovery"),
    path("items/<int:person_id>/<str:subsidy>/<str:month>/<int:seq>/", money.explain_item, name="explain_item"),
    path("standards/", standards.standards, name="standards"),
    path("standards/new/", standards.standard_new, name="standard_new"),
    path("standards/<int:standard_id>/", standards.standard, name="standard"),
    path("standards/dibao/new/", standards.dibao_new, name="dibao_new"),
    path("parameters/", standards.parameters, name="parameters"),
    path("nation/", nation.nation, name="nation"),
    path("statistics/", statistics.statistics, name="statistics"),
    path("statistics/export/", statistics.export, name="statistics_export"),
    path("statistics/rows/", figures_behind.figure_rows, name="statistics_rows"),
    path("statistics/rows/export/", figures_behind.rows_export, name="statistics_rows_export"),
    path("coverage/", coverage.coverage, name="coverage"),
    path("coverage/export/", coverage.export, name="coverage_export"),
    path("rollout/", rollout.rollout, name="rollout"),
    path("rollout/export/", rollout.export, name="rollout_export"),
    path("rollout/counties/", rollout_counties.rollout_counties, name="rollout_counties"),
    path("rollout/counties/export/", rollout_counties.export_counties, name="rollout_counties_export"),
    path("rollout/plan/", rollout_planning.rollout_plan, name="rollout_plan"),
    path("rollout/remark/", rollout.remark, name="rollout_remark"),
    path("rollout/recount/", rollout.recount, name="rollout_recount"),
    path("proposals/", proposals.proposals, name="proposals"),
    path("proposals/<int:proposal_id>/", proposals.proposal, name="proposal"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<int:release_id>/", releases.release_act, name="release_act"),
    path("looks/", looks.looks, name="looks"),
    path("looks/<int:look_id>/", looks.look, name="look"),
    path("provinces/", provincial.provinces, name="provinces"),
    path("provinces/new/", provincial.province_new, name="province_new"),
    path("provinces/<int:client_pk>/", provincial.province, name="province"),
    path("provinces/<int:client_pk>/batches/", provincial.province_batches, name="province_batches"),
    path("provinces/<int:client_pk>/batches/<int:pushed_id>/", provincial.province_batch, name="province_batch"),
    path(
        "provinces/<int:client_pk>/differences/",
        provincial_differences.province_differences,
        name="province_differences",
    ),
    path(
        "provinces/<int:client_pk>/differences/<int:difference_id>/",
        provincial_differences.province_difference,
        name="province_difference",
    ),
    path("provinces/<int:client_pk>/events/", provincial_differences.province_deliveries, name="province_deliveries"),
    path("exchange/", exchange.exchange, name="exchange"),
    path("exchange/act/", exchange.exchange_act, name="exchange_act"),
    path("exchange/demo/", exchange.exchange_demo, name="exchange_demo"),
    path("exchange/<str:direction>/<int:message_id>/", exchange.exchange_message, name="exchange_message"),
    path("audit/", audit.audit, name="audit"),
    path("audit/<int:event_id>/", audit.audit_event, name="audit_event"),
    path("audit/export/", audit.audit_export, name="audit_export"),
    path("audit/seals/", audit.audit_seals, name="audit_seals"),
    path("audit/anchors/", audit.audit_anchors, name="audit_anchors"),
]
