//! Which kinds of callers can make a call, whatever policies say.

use crate::iam::Caller;

/// Who can make a call at all.
///
/// AWS: each AssumeRole call has its own kind of credentials:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp_request.html>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Askers {
    /// Whoever a policy names.
    Anyone,
    /// Those with credentials of AWS.
    Signed,
    /// Those for whom an OIDC provider vouches.
    WebIdentity,
    /// Those for whom a SAML provider vouches.
    Saml,
}

impl Askers {
    /// Who can call an action, given in lower case.
    pub(crate) fn of(action: &str) -> Self {
        match action {
            "sts:assumerole" => Self::Signed,
            "sts:assumerolewithwebidentity" => Self::WebIdentity,
            "sts:assumerolewithsaml" => Self::Saml,
            _ => Self::Anyone,
        }
    }

    pub(crate) fn include(self, caller: &Caller) -> bool {
        let is_saml = |name: &str| name.contains(":saml-provider/");
        match (self, caller) {
            (Self::Anyone, _) => true,
            (Self::Signed, Caller::WebIdentity(_) | Caller::Anonymous) => false,
            (Self::Signed, _) => true,
            (Self::WebIdentity, Caller::WebIdentity(name)) => !is_saml(name),
            (Self::Saml, Caller::WebIdentity(name)) => is_saml(name),
            (Self::WebIdentity | Self::Saml, _) => false,
        }
    }
}
