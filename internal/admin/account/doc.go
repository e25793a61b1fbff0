// Package account knows who works here: the unit tree (机构), the staff with
// one role each, how they sign in, their sessions and their API tokens.
//
// It owns the tables unit, staff, recovery_code, session, api_token,
// sign_in_log, admin_log and account_revision. What a role may do with a case
// does not belong here: that is the table of verbs in core/casework and the
// visibility rule in core/access.
//
// The three administrators are separated (三员分立, GB/T 22239-2019 8.1.4.2):
// the system administrator keeps units and staff records, the security
// administrator gives roles, clearance and credentials and ends sessions, the
// audit administrator reads the logs. Nobody of them can make a working
// account alone, and none of them sees cases.
package account
