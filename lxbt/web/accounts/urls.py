"""Addresses of accounts."""

from __future__ import annotations

from django.urls import path

from lxbt.web.accounts import ending, halves, oidc, own, recovery, roles, sheets, signing_in, slips, views

urlpatterns = [
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
    path("accounts/", views.accounts, name="accounts"),
    path("accounts/new/", views.account_new, name="account_new"),
    path("accounts/export/", views.accounts_export, name="accounts_export"),
    path("accounts/confirm/", views.accounts_confirm, name="accounts_confirm"),
    path("accounts/reset/", views.accounts_reset, name="accounts_reset"),
    path("accounts/review/", views.account_review, name="account_review"),
    path("accounts/organs/", roles.both_organs, name="both_organs"),
    path("accounts/slips/", slips.slips, name="slips"),
    path("accounts/second-halves/", halves.second_halves, name="second_halves"),
    path("accounts/sheets/", sheets.account_sheets, name="account_sheets"),
    path("accounts/sheets/template/", sheets.account_template, name="account_template"),
    path("accounts/sheets/<int:sheet_id>/", sheets.account_sheet, name="account_sheet"),
    path("accounts/sheets/<int:sheet_id>/errors/", sheets.account_sheet_errors, name="account_sheet_errors"),
    path("accounts/<int:user_id>/", views.account, name="account"),
    path("accounts/<int:user_id>/end/", ending.account_end, name="account_end"),
    path("accounts/<int:user_id>/move/", ending.account_move, name="account_move"),
    path("roles/", roles.roles, name="roles"),
    path("accounts/<int:user_id>/recovery/", recovery.recovery_new, name="account_recovery"),
    path("accounts/recoveries/", recovery.recoveries, name="account_recoveries"),
    path("accounts/recoveries/<int:recovery_id>/", recovery.recovery_act, name="account_recovery_act"),
]
