// Package account knows who works here: the staff with one role each, how they
// sign in, their sessions and their API tokens, and what administrators did.
//
// It owns the tables staff, recovery_code, session, api_token, sign_in_log and
// admin_log. What a role may do with a case
// does not belong here: that is the table of verbs in core/casework and the
// visibility rule in core/access.
//
// The three administrators are separated (三员分立, GB/T 22239-2019 8.1.4.2):
// the system administrator keeps units and staff records, the security
// administrator gives roles, clearance and credentials and ends sessions, the
// audit administrator reads the logs. Nobody of them can make a working
// account alone, and none of them sees cases.
package account
